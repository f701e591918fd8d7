// SPDX-License-Identifier: MIT
// The service worker: keeps the pages for offline use, and tells when a new version is there.
import { t } from './i18n';

export function keepOffline(): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV)
    return;
  const workers = navigator.serviceWorker;
  const offer = (worker: ServiceWorker | null) => {
    if (worker && workers.controller)
      dispatchEvent(new CustomEvent('crm-tell', { detail: { text: t('update.ready'),
        tone: 'plain', action: t('update.load'), act: () => worker.postMessage('update') } }));
  };
  let loading = false;
  const controlled = workers.controller !== null;
  workers.addEventListener('controllerchange', () => {
    if (controlled && !loading)
      location.reload();
    loading = true;
  });
  void workers.register('/worker.js').then((registration?: ServiceWorkerRegistration) => {
    if (!registration)
      return;
    offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => worker.state === 'installed' && offer(worker));
    });
  });
}
