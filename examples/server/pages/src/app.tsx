// SPDX-License-Identifier: MIT
// The frame around all pages: who is signed in, where one can go, in which language.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { onReach, onSignedOut, Problem } from './api';
import { languageCode, LANGUAGES, onLanguage, preferred, setLanguage, t } from './i18n';
import { link, usePlace } from './router';
import { isCustomer, signOut, whoAmI, type Me } from './session';
import { listen } from './news';
import { Password } from './pages/password';
import { SignIn } from './pages/signin';
import { Icon } from './ui/icons';
import { explain } from './ui/basic';
import { Notices } from './ui/notices';

export interface PageProps {
  me: Me;
  id: string;
}

type Load = () => Promise<ComponentType<PageProps>>;

/** What staff and customers see, in the order of the menu. */
const STAFF: Record<string, Load> = {
  desk: async () => (await import('./pages/desk')).Desk,
  board: async () => (await import('./pages/board')).Board,
  cases: async () => (await import('./pages/cases')).Cases,
  calculator: async () => (await import('./pages/calculator')).Calculator,
  dashboard: async () => (await import('./pages/dashboard')).Dashboard,
};
const CUSTOMER: Record<string, Load> = {
  portal: async () => (await import('./pages/portal')).Portal,
  calculator: async () => (await import('./pages/calculator')).Calculator,
};

function LanguageChoice() {
  const choose = (code: string) => {
    localStorage.setItem('language', code);
    void setLanguage(code);
  };
  return (
    <select class="language" aria-label={t('language')} value={languageCode()}
      onChange={(event) => choose(event.currentTarget.value)}>
      {Object.entries(LANGUAGES).map(([code, { name }]) =>
        <option key={code} value={code} lang={code}>{name}</option>)}
    </select>
  );
}

function Page({ load, me, id }: { load: Load; me: Me; id: string }) {
  const [state, setState] = useState<{ of: Load; page?: ComponentType<PageProps>;
    wrong?: string }>();
  useEffect(() => {
    let current = true;
    load().then((page) => current && setState({ of: load, page }),
      (error: unknown) => current && setState({ of: load, wrong: String(error) }));
    return () => {
      current = false;
    };
  }, [load]);
  if (state?.of !== load)
    return <p aria-busy="true" class="loading">{t('loading')}</p>;
  const Shown = state.page;
  return Shown ? <Shown me={me} id={id} /> : <p role="alert">{state.wrong}</p>;
}

function Frame({ me, left }: { me: Me; left: () => void }) {
  const pages = isCustomer(me) ? CUSTOMER : STAFF;
  const first = Object.keys(pages)[0] as string;
  const { page, id } = usePlace();
  const shown = page in pages ? page : first;
  useEffect(() => listen(), []);
  useEffect(() => {
    document.title = `${t(`nav.${shown}` as 'nav.desk')} · autocrm`;
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [shown, languageCode()]);
  const leave = async () => {
    await signOut().catch(() => undefined);
    left();
  };
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}>{t('skip')}</a>
      <header class="top">
        <a class="brand" href={link(first)} aria-label="autocrm"><img src="/icon.svg" alt="" width="32" height="32" />
          <span>autocrm</span></a>
        <nav aria-label={t('menu')}>
          <ul>
            {Object.keys(pages).map((name) => (
              <li key={name}>
                <a href={link(name)} aria-current={name === shown ? 'page' : undefined}>
                  <Icon name={name} /><span>{t(`nav.${name}` as 'nav.desk')}</span>
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="who">
          <LanguageChoice />
          <span class="name"><bdi>{me.name}</bdi></span>
          <button type="button" class="secondary outline" onClick={() => void leave()}>
            {t('signout')}</button>
        </div>
      </header>
      <main id="main" tabIndex={-1} key={languageCode()}>
        <Page load={pages[shown] as Load} me={me} id={page === shown ? id : ''} />
      </main>
    </div>
  );
}

export function App() {
  const [me, setMe] = useState<Me | null>();
  const [wrong, setWrong] = useState('');
  const [online, setOnline] = useState(true);
  const [, redraw] = useState(0);
  const ask = () => {
    setWrong('');
    whoAmI().then(async (who) => {
      await setLanguage(preferred(who?.language));
      setMe(who);
    }, (error: unknown) => setWrong(error instanceof Problem ? explain(error) : String(error)));
  };
  useEffect(() => onLanguage(() => redraw((n) => n + 1)), []);
  useEffect(() => onReach(setOnline), []);
  useEffect(() => {
    onSignedOut(() => setMe(null));
    ask();
  }, []);
  return <>
    {!online && <p class="offline" role="status">{t('offline')}</p>}
    {wrong ? <main class="alone"><p role="alert">{wrong}</p>
      <button type="button" onClick={ask}>{t('again')}</button></main>
      : me === undefined ? <p aria-busy="true" class="loading">{t('loading')}</p>
        : me === null ? <SignIn done={ask} language={<LanguageChoice />} />
          : me.must_change ? <Password done={ask} />
            : <Frame me={me} left={() => setMe(null)} />}
    <Notices />
  </>;
}
