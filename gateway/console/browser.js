// The page's only script. Everything it shows comes from the gateway's answers and is set as text, never as markup; it stores nothing anywhere.
"use strict";
(() => {
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const { words, personas, partners, query, variables, issuer, notice, sections } = settings;
  const PARTS = ["title", "summary", "body", "source", "figures"];
  const LEVELS = ["PUBLIC", "CUI", "CONFIDENTIAL", "SECRET", "TOP SECRET"];
  let lang = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "ja";
  let shown;

  const at = (id) => document.getElementById(id);
  const say = (key, values = {}) => words[key][lang].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const inLang = (text) => {
    const used = text[lang] ? lang : lang === "ja" ? "en" : "ja";
    return make("span", { lang: used }, text[used] ?? "");
  };
  const persona = () => personas.find((each) => each.id === at("persona").value);

  function dress() {
    document.documentElement.lang = lang;
    const texts = { title: "title", tagline: "tagline", language: "language", who: "who", "partner-label": "partner", ask: "ask", question: "question", "purpose-label": "purpose" };
    for (const [id, key] of Object.entries(texts)) at(id).textContent = say(key);
    at("language").lang = lang === "ja" ? "en" : "ja";
    document.title = `${say("title")} - ${notice[lang]}`;
    for (const id of ["notice", "notice-end"]) at(id).textContent = `${notice.ja} / ${notice.en}`;
    const chosen = at("persona").value;
    at("persona").replaceChildren(...personas.map((each) => make("option", { value: each.id }, `${each.name[lang]} (${each.id})`)));
    if (chosen) at("persona").value = chosen;
    at("purpose").textContent = persona().purpose;
    if (shown === undefined) at("status").textContent = say("wait");
    else show();
  }

  async function fetchToken(id) {
    const body = new URLSearchParams({ grant_type: "urn:kanmon:grant:persona", persona: id });
    const response = await fetch(`${issuer}/token`, { method: "POST", body, credentials: "omit" });
    if (!response.ok) throw new Error(`issuer ${response.status}`);
    return (await response.json()).access_token;
  }

  async function askGateway(token, purpose, releaseTo) {
    const headers = { "content-type": "application/json", accept: "application/graphql-response+json", authorization: `Bearer ${token}`, "kanmon-purpose": purpose, "kanmon-marks": "portions" };
    if (releaseTo) headers["kanmon-release-to"] = releaseTo;
    const started = performance.now();
    const response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }), credentials: "omit", cache: "no-store" });
    const answer = await response.json();
    return { answer, status: response.status, ms: performance.now() - started };
  }

  async function ask(event) {
    event.preventDefault();
    const button = at("ask");
    button.disabled = true;
    button.textContent = at("status").textContent = say("asking");
    try {
      const { id, purpose } = persona();
      const nation = at("partner").value;
      const token = await fetchToken(id);
      const [own, released] = await Promise.all([askGateway(token, purpose), askGateway(token, purpose, nation)]);
      shown = { own, released, nation };
      show();
    } catch (error) {
      shown = undefined;
      for (const id of ["own", "released"]) at(id).replaceChildren();
      at("status").textContent = `${say("failed")}: ${error.message}`;
    } finally {
      button.disabled = false;
      button.textContent = say("ask");
    }
  }

  function show() {
    const { own, released, nation } = shown;
    showAnswer(at("own"), own, say("ownAnswer"));
    showAnswer(at("released"), released, say("releasable", { nation }), say("releasableNote", { nation }));
    const count = own.answer.extensions?.release?.withheld.length ?? 0;
    at("status").textContent = say("withheldCount", { count });
  }

  function showAnswer(section, { answer, status, ms }, heading, note) {
    const release = answer.extensions?.release;
    const level = LEVELS.findLastIndex((name) => release?.marking.en.startsWith(`//JPN ${name}`));
    section.className = `L${level}`;
    const head = make("div", { class: "head" }, make("h2", { id: `${section.id}-heading` }, heading));
    if (note) head.append(make("p", { class: "note" }, note));
    if (!release) {
      const codes = (answer.errors ?? []).map((error) => `${error.extensions?.code}: ${error.message}`);
      section.replaceChildren(head, make("div", { class: "content" }, `${say("failed")} (HTTP ${status}) ${codes.join(" ")}`));
      return;
    }
    const content = make("div", { class: "content" }, ...showMatter(answer, release));
    const evidence = make("p", { class: "evidence" }, `${ms.toFixed(1)} ms / ${say("evidence")} ${release.evidence.log} #${release.evidence.index} ${release.evidence.txn}`);
    content.append(evidence);
    section.replaceChildren(head, banner(release), content, banner(release));
  }

  function banner({ marking }) {
    return make("div", { class: "banner" }, make("span", { class: "hidden-text" }, say("marking")), make("b", { lang: "ja" }, marking.ja), make("span", { class: "en", lang: "en" }, marking.en));
  }

  function showMatter(answer, release) {
    const matter = answer.data?.matter;
    if (!matter) return [make("p", {}, say("nothing"))];
    const entry = matter.defense?.entry;
    const hiddenEntry = withheldAt(release, "matter.defense.entry");
    const parts = hiddenEntry ? [make("h3", {}, say("entry")), showWithheld(hiddenEntry)] : entry ? [make("h3", {}, `${say("entry")} ${entry.token ?? ""}`), make("p", {}, entry.name ? inLang(entry.name) : "")] : [];
    for (const name of sections) {
      const documents = matter[name]?.documents;
      const count = documents ? say("count", { count: documents.totalCount ?? "-" }) : say("noCount");
      parts.push(make("h3", {}, say(name), make("small", {}, count)));
      (documents?.nodes ?? []).forEach((node, index) => { if (node) parts.push(showDocument(node, `matter.${name}.documents.nodes.${index}`, release)); });
    }
    return parts;
  }

  function withheldAt(release, place) {
    return release.withheld.find(({ path }) => (typeof path === "string" ? path : path.join(".")) === place);
  }

  function showDocument(node, path, release) {
    const markAt = (place) => release.portions?.marks[release.portions.at[place]];
    const header = make("header", {}, make("b", {}, [node.reference, node.kind].filter(Boolean).join(" ") || node.ministry || ""), make("code", {}, node.id));
    const whole = withheldAt(release, path);
    if (whole) return make("article", {}, header, showWithheld(whole));
    const number = withheldAt(release, `${path}.reference`);
    const rows = PARTS.flatMap((part) => {
      const entry = withheldAt(release, `${path}.${part}`);
      const value = node[part];
      if (!entry && !value) return [];
      const mark = markAt(`${path}.${part}`) ?? markAt(`${path}.${part}.ja`);
      const cell = entry ? make("td", { class: "withheld" }, showWithheld(entry)) : make("td", {}, ...(mark ? [make("span", { class: "mark", lang }, mark[lang])] : []), inLang(value));
      return [make("tr", {}, make("th", { scope: "row" }, say(`${part}Part`)), cell)];
    });
    const columns = make("thead", { class: "hidden-text" }, make("tr", {}, make("th", { scope: "col" }, say("part")), make("th", { scope: "col" }, `${say("mark")} / ${say("text")}`)));
    return make("article", {}, header, ...(number ? [showWithheld(number)] : []), make("table", {}, columns, make("tbody", {}, ...rows)));
  }

  function showWithheld({ reasonClass, contact }) {
    const reason = words[reasonClass]?.[lang] ?? reasonClass;
    const parts = [make("b", {}, say("withheld")), " ", make("span", {}, reason)];
    if (contact) parts.push(" ", make("span", {}, `${say("contact")}: `, inLang(contact)));
    return make("div", { class: "withheld" }, ...parts);
  }

  at("partner").append(...partners.map((nation) => make("option", { value: nation }, nation)));
  at("query").textContent = query;
  at("form").addEventListener("submit", (event) => { void ask(event); });
  at("persona").addEventListener("change", () => { at("purpose").textContent = persona().purpose; });
  at("language").addEventListener("click", () => { lang = lang === "ja" ? "en" : "ja"; dress(); });
  dress();
})();
