/** Filters of the list of boxes under a name. */
export const boxViews = {
  title: 'Saved views',
  save: 'Save this filter as a view',
  name: 'Name of the view',
  nameHint: 'As you call it, such as “Offline in Ghent”. Name no person.',
  shared: 'For everybody',
  sharedHint: 'Everybody who sees all of your MSP gets the link. Without it the view is yours alone.',
  verb: 'Save the view',
  remove: 'Delete views',
  removeVerb: 'Delete',
  removeView: (name: string) => `Delete the view ${name}`,
  isShared: 'for everybody',
  isOwn: 'yours alone',
};
