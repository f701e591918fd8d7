// SPDX-License-Identifier: MIT
import autocrm from './index.js';

export const {
  open, Failure, Invalid, NotFound, Conflict, Denied, Busy, Misuse, Refused, Never, Later, version,
  READONLY, NO_CREATE, SYNC_NORMAL, NO_UPGRADE,
} = autocrm;
export default autocrm;
