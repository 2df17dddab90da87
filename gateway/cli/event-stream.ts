/**
 * Follows one subscription over server-sent events (SPEC 8.8). Takes a question and gives each event's answer as it comes, until the gateway ends the stream or the signal does. Refuses what is no
 * stream with the answer that came instead.
 */
import type { Answer, AnswerError, Release } from "./ask";
import type { Person } from "./person";

export type Ended = { readonly how: "over" } | { readonly how: "refused"; readonly answer: Answer };

/** @throws Error when the connection fails */
export async function followEvents(person: Person, query: string, signal: AbortSignal, tell: (answer: Answer) => void): Promise<Ended> {
  const { purpose, caseToken } = person.narrowing;
  const response = await fetch(person.url, {
    method: "POST", signal, body: JSON.stringify({ query }),
    headers: {
      "content-type": "application/json", accept: "text/event-stream", authorization: `Bearer ${await person.token()}`,
      ...(purpose === undefined ? {} : { "kanmon-purpose": purpose }), ...(caseToken === undefined ? {} : { "kanmon-case": caseToken }),
    },
  });
  if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true) return { how: "refused", answer: answerOf(response.status, await response.text()) };
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) for (const data of eventData(event)) tell(answerOf(200, data));
  }
  return { how: "over" };
}

/** The data of an event of a result; signs of life and the end have none. */
export function eventData(event: string): readonly string[] {
  const found = /^event: next\ndata: (.*)$/s.exec(event);
  return found === null ? [] : [found[1] ?? ""];
}

function answerOf(status: number, text: string): Answer {
  let parsed: { readonly data?: unknown; readonly errors?: readonly AnswerError[]; readonly extensions?: { readonly release?: Release } } = {};
  try { parsed = JSON.parse(text) as typeof parsed; } catch { /* what is no JSON has neither data nor errors */ }
  const release = parsed.extensions?.release;
  return { status, errors: parsed.errors ?? [], ms: 0, ...("data" in parsed ? { data: parsed.data } : {}), ...(release === undefined ? {} : { release }) };
}
