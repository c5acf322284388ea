# The site with its database in it. Nothing is written where it runs: its root may be read-only.
#
#   docker build --tag daily-papers .
#   docker build --tag daily-papers --build-arg DUMPS="seeds my-pages" .
#   docker build --tag daily-papers --build-context database=FOLDER .    (a folder with papers.db)
#   docker build --tag daily-papers --build-arg PYTHON=3.11-slim-bookworm@sha256:DIGEST .

ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS builder
WORKDIR /source
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
COPY metadata.yml pyproject.toml README.md LICENSE NOTICE ./
COPY build build
COPY plugins plugins
COPY requirements requirements
COPY static static
COPY templates templates
# The wheel has the site in it; what it is made with stays here.
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv --without-pip /venv \
    && python -m pip install --quiet --only-binary :all: --no-deps --require-hashes \
        --requirement requirements/build.txt \
    && python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /wheels . \
    && python -m pip --python /venv/bin/python install --quiet --only-binary :all: --no-deps \
        --require-hashes --requirement requirements/serve.txt \
    && python -m pip --python /venv/bin/python install --quiet --no-deps /wheels/*.whl
ENV PATH=/venv/bin:$PATH

FROM builder AS built
ARG DUMPS=seeds
COPY . .
# Word by word: DUMPS may name several folders.
# hadolint ignore=SC2086
RUN daily-papers build $DUMPS --no-cache --output papers.db \
    && daily-papers check papers.db

# A database that was made elsewhere takes the place of this one: --build-context database=FOLDER
FROM scratch AS database
COPY --from=built /source/papers.db /

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="daily-papers" \
    org.opencontainers.image.description="Hugging Face Daily Papers, as a database served by Datasette" \
    org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /data
ENV PATH=/venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=builder /venv /venv
COPY --from=database /papers.db /data/papers.db
USER 65532:65532
EXPOSE 8001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s CMD ["python", "-c", \
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:8001/health', timeout=4)"]
# What follows the name of the image says what else: --allow-host papers.example.org --workers 2
ENTRYPOINT ["daily-papers", "serve", "/data/papers.db", "--host", "0.0.0.0", "--public", \
    "--allow-host", "127.0.0.1"]
CMD ["--allow-host", "localhost"]
