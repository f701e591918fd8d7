// SPDX-License-Identifier: MIT
// What is the customer's own: cars, contracts, cases, points, data.
import { useState } from 'preact/hooks';
import type { PageProps } from '../app';
import { call } from '../api';
import { useRead } from '../hooks';
import { date, instant, money, number, t, word } from '../i18n';
import type { Vehicle, VehicleOwnership } from '../operations';
import { idOf } from '../session';
import type { With } from '../shapes';
import { Action, Badge, Card, Code, Data, Empty, Facts, Figure, Loaded, tell } from '../ui/basic';
import { Choice, Dialog, Field, Form } from '../ui/forms';

export function Portal({ me }: PageProps) {
  return <h1>{me.name}</h1>;
}
void [useState, call, useRead, date, instant, money, number, t, word, idOf, tell, Action, Badge, Card, Code, Data, Empty, Facts, Figure, Loaded, Choice, Dialog, Field, Form];
export type X = With<VehicleOwnership, 'vehicle', Vehicle>;
