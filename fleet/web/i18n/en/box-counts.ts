/** How often recordings of a box were opened, exported and erased; few are hidden. */
export const boxCounts = {
  short: 'Counts',
  title: (range: string) => `Opened, exported and erased, ${range}`,
  lead: (fewest: string) =>
    `By whole hours, as the box told it. Fewer than ${fewest} of an hour are not told, and none is told like few. Who it was and which recordings, only the log of the box says.`,
  none: 'The box told no counts in this time.',
  kinds: { released: 'Opened', exported: 'Exported', erased: 'Erased' },
  caption: { hours: 'Counts by the hour', days: 'Counts by the day' },
  hour: 'Hour',
  day: 'Day',
  few: (fewest: string) => `fewer than ${fewest}`,
  fewHourly: (fewest: string) => `fewer than ${fewest} an hour`,
  atLeast: (count: string) => `at least ${count}`,
  untold: 'not told',
  untoldHours: (hours: string) => `${hours} not told`,
  most: (name: string, range: string, most: string, when: string) => `${name}, ${range}: highest ${most}, ${when}`,
  onlyFew: (name: string, range: string, few: string) => `${name}, ${range}: ${few}`,
  legend: (few: string) => `A low grey bar: ${few}. A high grey band: not told.`,
  table: 'As a table',
};
