/** What health may find, by code: what can be wrong (`health-codes.ts`) and what is well (`ok-codes.ts`). Names of trunks, keys and purposes stay on the box. */
import { z } from 'zod';
import { type HealthCode, healthCodes } from './health-codes.ts';
import { type OkCode, okCodes } from './ok-codes.ts';

export type FindingCode = HealthCode | OkCode;

export const findingCodes = [...Object.keys(healthCodes), ...Object.keys(okCodes)] as readonly FindingCode[];

export const findingCode = z.enum(findingCodes);

/** `warn`: somebody must act soon. `bad`: something that the box promises is not so at this moment. */
export const levels = ['ok', 'warn', 'bad'] as const;

export const level = z.enum(levels);

export type Level = (typeof levels)[number];
