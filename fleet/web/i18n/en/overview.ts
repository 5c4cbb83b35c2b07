/** The fleet at a glance. */
export const overview = {
  heading: 'Overview',
  title: (msp: string) => `Overview of ${msp}`,
  health: 'Health',
  online: 'healthy',
  attention: 'need attention',
  failing: 'offline or failing',
  pending: 'not heard yet',
};
