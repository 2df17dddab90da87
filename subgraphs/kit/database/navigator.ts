/**
 * Gives Node 20 the global `navigator` that Node 21 and later have; to be imported before `pg`. Where it is missing, pg finds out whether it runs at Cloudflare by making a
 * Response, and for that Node loads all of fetch: 40 ms of every start, for a question that has one answer here.
 */
if (!Reflect.has(globalThis, "navigator")) {
  Object.defineProperty(globalThis, "navigator", { value: Object.freeze({ userAgent: `Node.js/${process.versions.node.split(".")[0] ?? ""}` }), configurable: true, enumerable: false, writable: true });
}
