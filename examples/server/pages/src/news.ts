// SPDX-License-Identifier: MIT
// The server's event feed: pages hear of changes that others make. Events are named by their type,
// of which there are many: so the stream is read here, and not by EventSource, which wants each name.
const AGAIN = 5000;

/** Tells the pages of each event of a stream; returns when it ends. */
async function hear(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done)
      return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines)
      if (line.startsWith('event: '))
        dispatchEvent(new CustomEvent('crm-news', { detail: line.slice(7).trim() }));
  }
}

export function listen(): () => void {
  const stop = new AbortController();
  const follow = async () => {
    while (!stop.signal.aborted) {
      try {
        const answer = await fetch('/v1/events', { signal: stop.signal,
          headers: { accept: 'text/event-stream' } });
        if (answer.status === 403 || answer.status === 404)
          return;
        if (answer.ok && answer.body)
          await hear(answer.body);
      } catch {
        // Cut off, or left: tried again below, unless it was the page that left.
      }
      await new Promise((resume) => setTimeout(resume, AGAIN));
    }
  };
  void follow();
  return () => stop.abort();
}
