// The routes of the API, from its own description.

const description = await (await fetch("/openapi.json")).json();
const schemas = description.components.schemas;
const resolve = (schema) => (schema?.$ref ? schemas[schema.$ref.split("/").at(-1)] : schema) ?? {};

function element(name, text, children = []) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

/** A description; what stands between backticks is code. */
function described(name, text) {
  return element(name, "", text.split("`").map((part, place) => (place % 2 ? element("code", part) : part)));
}

function kind(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.anyOf) return schema.anyOf.map(kind).join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  return schema.type === "array" ? `list of ${kind(schema.items)}` : schema.type ?? "any";
}

function table(title, schema) {
  const { properties = {}, required = [] } = resolve(schema);
  const rows = Object.entries(properties).map(([name, value]) => element("tr", "", [
    element("td", "", [element("code", name)]), element("td", kind(value)),
    element("td", required.includes(name) ? "required" : value.default === undefined ? "" : `default ${JSON.stringify(value.default)}`),
    described("td", value.description ?? ""),
  ]));
  const scroll = element("div", "", [element("table", "", rows)]);
  Object.assign(scroll, { className: "scroll", tabIndex: 0, role: "group", ariaLabel: title });
  return rows.length ? [element("p", title), scroll] : [];
}

for (const [path, methods] of Object.entries(description.paths)) {
  for (const [method, route] of Object.entries(methods)) {
    const content = (part) => Object.values(part?.content ?? {})[0]?.schema;
    document.getElementById("routes").append(element("section", "", [
      element("h2", `${method.toUpperCase()} ${path}`), described("p", route.description ?? route.summary),
      ...table("Request", content(route.requestBody)), ...table("Answer", content(route.responses["200"])),
    ]));
  }
}
