// SPDX-License-Identifier: MIT
// What was last seen, kept in the browser for when the server cannot be reached, and forgotten when
// the user signs out.
const CACHE = 'seen';
const MOST = 200;

const address = (key: string) => `/seen/${encodeURIComponent(key)}`;

export async function remember(key: string, data: unknown): Promise<void> {
  if (!('caches' in globalThis))
    return;
  const cache = await caches.open(CACHE);
  await cache.put(address(key), new Response(JSON.stringify({ at: Date.now(), data })));
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST)))
    await cache.delete(old);
}

export async function recall(key: string): Promise<{ at: Date; data: unknown } | undefined> {
  if (!('caches' in globalThis))
    return undefined;
  const kept = await (await caches.open(CACHE)).match(address(key));
  if (!kept)
    return undefined;
  const { at, data } = await kept.json() as { at: number; data: unknown };
  return { at: new Date(at), data };
}

export async function forget(): Promise<void> {
  if ('caches' in globalThis)
    await caches.delete(CACHE);
}
