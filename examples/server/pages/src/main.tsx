// SPDX-License-Identifier: MIT
// The beginning: language, service worker, and who is signed in.
import { render } from 'preact';
import '@picocss/pico/css/pico.min.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/pages.css';
import { App } from './app';
import { preferred, setLanguage } from './i18n';
import { keepOffline } from './offline';

await setLanguage(preferred());
const root = document.getElementById('app');
if (root)
  render(<App />, root);
keepOffline();
