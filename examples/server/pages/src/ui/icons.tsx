// SPDX-License-Identifier: MIT
// Line icons, 24 by 24.
const PATHS: Record<string, string> = {
  desk: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM20 20l-4.6-4.6',
  board: 'M4 5h4v14H4zM10 5h4v9h-4zM16 5h4v11h-4z',
  cases: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2',
  calculator: 'M6 3h12v18H6zM9 7h6M9 12h.01M12 12h.01M15 12h.01M9 16h.01M12 16h.01M15 16h.01',
  dashboard: 'M4 20V10M10 20V4M16 20v-7M21 20H3',
  portal: 'M5 12l1.5-5h11L19 12M4 12h16v6H4zM7 18v2M17 18v2M7.5 15h.01M16.5 15h.01',
  phone: 'M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z',
  mail: 'M3 6h18v12H3zM3 7l9 6 9-6',
  drag: 'M9 6h.01M9 12h.01M9 18h.01M15 6h.01M15 12h.01M15 18h.01',
};

export const Icon = ({ name }: { name: string }) => (
  <svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor"
    stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"
    focusable="false">
    <path d={PATHS[name] ?? PATHS.desk ?? ''} />
  </svg>
);
