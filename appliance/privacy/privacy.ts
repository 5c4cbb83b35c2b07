/** The database of documents: acknowledged notices, and versions of the register. */
import { DIRECTORY_DAYS_WITHOUT_POLICY } from '@belkluis/shared/policy/retention';
import { openDatabase } from '../db/open.ts';
import { type Acknowledgements, openAcknowledgements } from './acknowledgements.ts';
import { openRegisters, type Registers } from './registers.ts';
import { migrations } from './schema.ts';

export interface Privacy {
  readonly acknowledgements: Acknowledgements;
  readonly registers: Registers;
  close(): void;
}

/** Days that classes stay, by the policy in force. */
export interface PrivacyDays {
  directory(): number;
  request(): number;
}

const withoutPolicy: PrivacyDays = {
  directory: () => DIRECTORY_DAYS_WITHOUT_POLICY,
  request: () => DIRECTORY_DAYS_WITHOUT_POLICY,
};

export function openPrivacy(path: string, days: PrivacyDays = withoutPolicy): Privacy {
  const database = openDatabase(path, { migrations, secureDelete: true });
  return {
    acknowledgements: openAcknowledgements(database, days.directory),
    registers: openRegisters(database, days.request),
    close: () => {
      database.close();
    },
  };
}
