// SPDX-License-Identifier: MIT
// Sign-in, by password or by a code that was sent.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../api';
import { t } from '../i18n';
import { sendCode, signIn } from '../session';
import { Action, tell } from '../ui/basic';
import { Field, Form } from '../ui/forms';

export function SignIn({ done, language }: { done: () => void; language: ComponentChildren }) {
  const [login, setLogin] = useState('');
  const [secret, setSecret] = useState('');
  const [byCode, setByCode] = useState(false);
  useEffect(() => {
    document.title = `${t('signin')} · autocrm`;
  });
  const send = async () => {
    try {
      await signIn(login.trim(), byCode ? { code: secret.trim() } : { password: secret });
    } catch (error) {
      setSecret('');
      throw error instanceof Problem && error.status === 401
        ? new Problem(401, t('signin.refused')) : error;
    }
    done();
  };
  return (
    <main class="alone">
      <div class="card signin">
        <img src="/icon.svg" alt="" width="56" height="56" />
        <h1>{t('signin')}</h1>
        <Form send={send} button={t('signin')} disabled={!login || !secret}>
          <Field label={t('signin.login')} value={login} change={setLogin}
            autocomplete="username" required />
          {byCode
            ? <Field key="code" label={t('signin.code')} value={secret} change={setSecret}
                autocomplete="one-time-code" inputMode="numeric" required />
            : <Field key="password" label={t('signin.password')} value={secret}
                change={setSecret} type="password" autocomplete="current-password" required />}
        </Form>
        {byCode && <Action class="outline" disabled={!login} run={async () => {
          await sendCode(login.trim());
          tell(t('signin.sent'));
        }}>{t('signin.send')}</Action>}
        <button type="button" class="link" onClick={() => {
          setByCode(!byCode);
          setSecret('');
        }}>{t(byCode ? 'signin.by_password' : 'signin.by_code')}</button>
        {language}
      </div>
    </main>
  );
}
