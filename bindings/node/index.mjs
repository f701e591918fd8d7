// SPDX-License-Identifier: MIT
import autocrm from './index.js';

export const { open, Failure, version, READONLY, NO_CREATE, SYNC_NORMAL, NO_UPGRADE } = autocrm;
export default autocrm;
