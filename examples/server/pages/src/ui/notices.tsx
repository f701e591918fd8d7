// SPDX-License-Identifier: MIT
// What is told in passing: stands in a corner for a while, and is read out.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';

interface Notice {
  text: string;
  tone: string;
  action?: string;
  act?: () => void;
}

export function Notices() {
  const [notice, setNotice] = useState<Notice>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = (event: Event) => {
      const told = (event as CustomEvent<Notice>).detail;
      setNotice(told);
      clearTimeout(timer);
      if (!told.act)
        timer = setTimeout(() => setNotice(undefined), 8000);
    };
    addEventListener('crm-tell', heard);
    return () => removeEventListener('crm-tell', heard);
  }, []);
  return (
    <div class="notices" role="status" aria-live="polite">
      {notice && <div class={`notice ${notice.tone}`}>
        <bdi>{notice.text}</bdi>
        {notice.act && <button type="button" onClick={notice.act}>{notice.action}</button>}
        <button type="button" class="dismiss" aria-label={t('close')}
          onClick={() => setNotice(undefined)} />
      </div>}
    </div>
  );
}
