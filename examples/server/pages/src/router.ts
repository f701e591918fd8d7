// SPDX-License-Identifier: MIT
// Addresses of pages: what is behind the # of the location, "desk/ID".
import { useEffect, useState } from 'preact/hooks';

export interface Place {
  page: string;
  id: string;
}

export function here(): Place {
  const [page = '', id = ''] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  return { page, id };
}

export const link = (page: string, id = '') => `#/${page}${id ? `/${encodeURIComponent(id)}` : ''}`;

export function go(page: string, id = ''): void {
  location.hash = link(page, id);
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => setPlace(here());
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return place;
}
