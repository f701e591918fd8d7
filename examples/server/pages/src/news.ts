// SPDX-License-Identifier: MIT
// The server's event feed: pages hear of changes that others make.
export function listen(): () => void {
  const source = new EventSource('/v1/events');
  const heard = (event: MessageEvent<string>) => {
    try {
      const { type } = JSON.parse(event.data) as { type?: string };
      if (type)
        dispatchEvent(new CustomEvent('crm-news', { detail: type }));
    } catch {
      // Not an event of ours: nothing to hear.
    }
  };
  source.addEventListener('message', heard);
  return () => source.close();
}
