"""Finds the claims that a paper makes in numbers.

In this order: `quantities` reads the numbers; `rejections` drops those that are no claims;
`number_context` reads the words beside a number; `metric_effect` decides its metric and its effect;
`result_or_setup` decides whether it is a result; `plausibility` rejects impossible claims.
`candidates` runs these. Then `conditions` chooses baseline, hardware and subject among the
`noun_phrases` of the sentence, which `phrase_features` describes, and `measured` finds what is
measured.
"""
