// Requests to the server's JSON API.

export class Refused extends Error {
  constructor(status, message) { super(message); this.status = status; }
}

/** The answer to a request as JSON; `Refused` with the server's own line where it has none. */
export async function ask(path, body, signal) {
  const options = body === undefined ? { signal } : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
  };
  const response = await fetch(path, options);
  if (!response.ok) throw new Refused(response.status, await reason(response));
  return response.headers.get("content-type")?.startsWith("application/json") ? response.json() : response.text();
}

async function reason(response) {
  try { return (await response.json()).error; } catch { return `the server answered ${response.status}`; }
}

/** A function that, called often, sees only the latest call through: earlier ones are given up. */
export function latest(work) {
  let running = null;
  return async (...given) => {
    running?.abort();
    const mine = running = new AbortController();
    try { return await work(mine.signal, ...given); } catch (error) {
      if (error.name !== "AbortError") throw error;
      return undefined;
    }
  };
}
