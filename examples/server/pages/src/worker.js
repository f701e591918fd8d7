// SPDX-License-Identifier: MIT
// The service worker: the pages themselves are kept, so that they open without the server. Data is
// not its business: src/seen.ts keeps what was last seen.
const CACHE = 'pages-__VERSION__';
const FILES = __FILES__;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

self.addEventListener('activate', (event) => {
  const drop = async () => {
    for (const name of await caches.keys())
      if (name.startsWith('pages-') && name !== CACHE)
        await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

// The page asks for it once the user agreed to load the new version.
self.addEventListener('message', (event) => {
  if (event.data === 'update')
    self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== 'GET' || !FILES.includes(pathname))
    return;
  event.respondWith(caches.open(CACHE).then((cache) => cache.match(pathname))
    .then((kept) => kept ?? fetch(event.request)));
});
