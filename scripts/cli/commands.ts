/** Every command, where a person looks for it. */
import { auditExport, auditKey, auditProve, auditVerify, auditWitness } from './audit.ts';
import { backupRun, drillRun } from './backup.ts';
import { callsList, callsTrace } from './calls.ts';
import { certificatesList, certificatesShow } from './certificates.ts';
import { connectionTest, pbxTest, phonesTest, trunksTest } from './connection.ts';
import { dataCatalogue } from './data-catalogue.ts';
import { dpiaCheck, dpiaDraftCommand, liaDraft, noticeCallers, noticeStaff, registerShow } from './documents.ts';
import { erase } from './erase.ts';
import { callsCompare, exceptionsExplain, exceptionsList } from './exceptions.ts';
import { exportRecording } from './export.ts';
import { fleetConfirm, fleetEnrol, fleetLeave, fleetRefuse, fleetStatus } from './fleet.ts';
import { healthShow } from './health.ts';
import type { CommandGroup } from './help.ts';
import { holdsAdd, holdsAskLift, holdsLift, holdsList, holdsRenew } from './holds.ts';
import { keysMake } from './keys.ts';
import { keystoreAdvance, keystoreSeal, keystoreShow } from './keystore.ts';
import { linesApply, linesCheck, linesShow } from './lines.ts';
import { noticesAcknowledge, noticesImport, noticesList, noticesWithdraw } from './notices.ts';
import { objectionsAdd, objectionsList, objectionsRemove } from './objections.ts';
import { pbxRemove, pbxSet, pbxShow } from './pbx.ts';
import { peopleInvite, peopleList, peopleRemove } from './people.ts';
import { phonesAdd, phonesList, phonesProvision, phonesRemove } from './phones.ts';
import { policyExample, policyShow, policySign, trustSet } from './policy.ts';
import {
  policyApply,
  policyApprove,
  policyDiff,
  policyPending,
  policyRefuse,
  policyText,
  policyTry,
  policyVersions,
} from './policy-change.ts';
import { policyWav } from './policy-wav.ts';
import { recordingsPurpose, recordingsShow } from './recording.ts';
import { recordingsList } from './recordings.ts';
import { phonesTrace } from './registrations.ts';
import { keysAnswer, restoreRun } from './restore.ts';
import { restrictAdd, restrictLift, restrictList } from './restrictions.ts';
import { retentionPreview, retentionReport } from './retention.ts';
import { scrub } from './scrub.ts';
import { sipBansLift, sipBansList } from './sip-bans.ts';
import { callsObject, callsPause, callsRecord, callsResume } from './steer.ts';
import { callsTest } from './test-call.ts';
import { timeConfirm, timeShow } from './time.ts';
import { tokensAdd, tokensList, tokensRevoke } from './tokens.ts';
import { trunksAdd, trunksList, trunksRemove } from './trunks.ts';
import { trustDeskCommand } from './trust.ts';
import { callsWaits } from './waits.ts';

/** In the order in which a box is set up and used. */
export const groups: readonly CommandGroup[] = [
  {
    title: 'Keys and policy',
    commands: [
      keysMake,
      trustSet,
      trustDeskCommand,
      policyExample,
      policyDiff,
      policyText,
      policyWav,
      policySign,
      policyTry,
      policyApply,
      policyPending,
      policyApprove,
      policyRefuse,
      policyShow,
      policyVersions,
      retentionPreview,
      retentionReport,
      dataCatalogue,
    ],
  },
  {
    title: 'Documents and notices',
    commands: [
      registerShow,
      noticeCallers,
      noticeStaff,
      noticesAcknowledge,
      noticesImport,
      noticesList,
      noticesWithdraw,
      dpiaCheck,
      dpiaDraftCommand,
      liaDraft,
    ],
  },
  {
    title: 'Phones and people',
    commands: [
      phonesAdd,
      phonesProvision,
      phonesList,
      phonesRemove,
      peopleInvite,
      peopleList,
      peopleRemove,
      tokensAdd,
      tokensList,
      tokensRevoke,
    ],
  },
  {
    title: 'Calls and recordings',
    commands: [
      recordingsList,
      recordingsShow,
      recordingsPurpose,
      exportRecording,
      callsWaits,
      callsPause,
      callsResume,
      callsRecord,
      callsObject,
      callsTest,
      callsCompare,
      exceptionsList,
      exceptionsExplain,
    ],
  },
  {
    title: 'Troubleshooting',
    commands: [callsList, callsTrace, phonesTrace, phonesTest, connectionTest, sipBansList, sipBansLift],
  },
  {
    title: 'Lines',
    commands: [
      linesShow,
      linesCheck,
      linesApply,
      pbxSet,
      pbxShow,
      pbxTest,
      pbxRemove,
      trunksAdd,
      trunksList,
      trunksTest,
      trunksRemove,
    ],
  },
  {
    title: 'Holds, objections and erasure',
    commands: [
      holdsAdd,
      holdsList,
      holdsRenew,
      holdsAskLift,
      holdsLift,
      restrictAdd,
      restrictList,
      restrictLift,
      erase,
      objectionsAdd,
      objectionsList,
      objectionsRemove,
      certificatesList,
      certificatesShow,
    ],
  },
  { title: 'Fleet', commands: [fleetEnrol, fleetStatus, fleetConfirm, fleetRefuse, fleetLeave] },
  { title: 'Backup', commands: [backupRun, drillRun, scrub, restoreRun, keysAnswer] },
  { title: 'Health', commands: [healthShow] },
  {
    title: 'Keystore, clock and audit log',
    commands: [
      keystoreShow,
      keystoreAdvance,
      keystoreSeal,
      timeShow,
      timeConfirm,
      auditVerify,
      auditKey,
      auditProve,
      auditExport,
      auditWitness,
    ],
  },
];
