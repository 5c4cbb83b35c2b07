/** One's own account. */
export const account = {
  title: 'Your account',
  lead: 'You are signed out after 30 minutes without a page, and after 10 hours in any case.',
  name: 'Name',
  email: 'E-mail address',
  roles: 'Roles',
};
