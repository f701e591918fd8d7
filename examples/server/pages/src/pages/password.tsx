// SPDX-License-Identifier: MIT
// A new password, for who signed in with one that is to be changed.
import { useState } from 'preact/hooks';
import { Problem } from '../api';
import { t } from '../i18n';
import { changePassword } from '../session';
import { Field, Form } from '../ui/forms';

export function Password({ done }: { done: () => void }) {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const send = async () => {
    try {
      await changePassword(old, next);
    } catch (error) {
      throw error instanceof Problem && (error.status === 401 || error.status === 403)
        ? new Problem(422, t('signin.refused')) : error;
    }
    done();
  };
  return (
    <main class="alone">
      <div class="card signin">
        <h1>{t('password.change')}</h1>
        <Form send={send} button={t('save')} disabled={!old || !next}>
          <Field label={t('password.old')} value={old} change={setOld} type="password"
            autocomplete="current-password" required />
          <Field label={t('password.new')} value={next} change={setNext} type="password"
            autocomplete="new-password" required />
        </Form>
      </div>
    </main>
  );
}
