// Turns the box for SQL into an editor when somebody enters it. The editor is Datasette's CodeMirror,
// 300 KB that a reader who only looks does not need; without it the box works as it is.
"use strict";

(() => {
  const box = document.getElementById("sql-editor");
  if (!box) return;
  const { folder } = document.currentScript.dataset;

  const load = (name) => new Promise((loaded, failed) => {
    const isStyle = name.endsWith(".css");
    const element = document.createElement(isStyle ? "link" : "script");
    if (isStyle) element.rel = "stylesheet";
    element[isStyle ? "href" : "src"] = folder + name;
    element.addEventListener("load", loaded);
    element.addEventListener("error", failed);
    document.head.append(element);
  });

  let editor = null;
  box.addEventListener("focus", async () => {
    await Promise.all([load("codemirror-5.57.0.min.css"), load("codemirror-5.57.0.min.js")]);
    await load("codemirror-5.57.0-sql.min.js");
    const isStillThere = document.activeElement === box;
    const cursor = box.selectionStart;
    editor = CodeMirror.fromTextArea(box, {
      lineNumbers: true,
      lineWrapping: true,
      mode: "text/x-sql",
      extraKeys: { "Shift-Enter": () => box.form.requestSubmit(), Tab: false },
    });
    editor.getInputField().setAttribute("aria-label", "SQL");
    if (!isStillThere) return;
    editor.focus();
    editor.setCursor(editor.posFromIndex(cursor));
  }, { once: true });

  const format = document.getElementById("sql-format");
  format.hidden = false;
  format.addEventListener("click", async () => {
    if (!window.sqlFormatter) await load("sql-formatter-2.3.3.min.js");
    const sql = sqlFormatter.format(editor ? editor.getValue() : box.value);
    if (editor) editor.setValue(sql);
    else box.value = sql;
  });
})();
