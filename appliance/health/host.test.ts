import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { openHost } from './host.ts';

/** A machine's sensors, as the kernel shows them. */
function machine(files: Readonly<Record<string, string>>): string {
  const sys = mkdtempSync(join(tmpdir(), 'sys-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(sys, path)), { recursive: true });
    writeFileSync(join(sys, path), content);
  }
  return sys;
}

const temperature = async (files: Readonly<Record<string, string>>) => {
  const { temperatureCelsius, criticalCelsius } = await openHost({ sys: machine(files) }).read();
  return [temperatureCelsius, criticalCelsius];
};

test('load and memory are read on any machine, without rights', async (t) => {
  const host = openHost();
  await host.read();
  const { cpuPercent, memoryPercent, uptimeS } = await host.read();
  for (const value of [cpuPercent, memoryPercent]) t.true(value !== null && value >= 0 && value <= 100);
  t.true(memoryPercent! > 0 && uptimeS > 0);
});

test('the hottest sensor counts, and the lowest limit', async (t) => {
  const zone = 'class/thermal/thermal_zone0';
  const files = {
    [`${zone}/temp`]: '51200\n',
    [`${zone}/trip_point_0_type`]: 'passive\n',
    [`${zone}/trip_point_0_temp`]: '80000\n',
    [`${zone}/trip_point_1_type`]: 'critical\n',
    [`${zone}/trip_point_1_temp`]: '110000\n',
    'class/hwmon/hwmon1/temp1_input': '63500\n',
    'class/hwmon/hwmon1/temp1_crit': '100000\n',
    'class/hwmon/hwmon1/temp2_input': '40000\n',
    'class/hwmon/hwmon1/fan1_input': '900000\n',
  };
  t.deepEqual(await temperature(files), [63.5, 100]);
});

test('no sensor is not known, and neither is what no machine has', async (t) => {
  t.deepEqual(await temperature({}), [null, null]);
  t.deepEqual(await temperature({ 'class/thermal/thermal_zone0/temp': '' }), [null, null]);
  t.deepEqual(await temperature({ 'class/hwmon/hwmon0/temp1_input': '-273000\n' }), [null, null]);
  t.deepEqual(await temperature({ 'class/hwmon/hwmon0/temp1_input': '255000\n' }), [null, null]);
  t.deepEqual(await temperature({ 'class/hwmon/hwmon0/temp1_input': 'N/A\n' }), [null, null]);
});

test('a container is short of memory when its own is taken, though the machine has more', async (t) => {
  const memory = async (files: Readonly<Record<string, string>>) =>
    (await openHost({ sys: machine(files) }).read()).memoryPercent!;
  const folder = 'fs/cgroup';
  const taken = { [`${folder}/memory.current`]: '990000', [`${folder}/memory.stat`]: 'anon 1\ninactive_file 5000\n' };
  t.is(await memory({ ...taken, [`${folder}/memory.max`]: '1000000\n' }), 98.5);
  const machineAlone = await memory({});
  t.true(Math.abs((await memory({ ...taken, [`${folder}/memory.max`]: 'max\n' })) - machineAlone) < 20);
  t.true(Math.abs((await memory({ [`${folder}/memory.max`]: '1000000\n' })) - machineAlone) < 20);
});
