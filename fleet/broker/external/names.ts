/** Common name of a fleet process's certificate, and its client id. The underscore is in no box's id, so no box can have it. */
const FLEET_NAME = /^_fleet(-[a-z0-9]{1,20})?$/;

export const isFleetName = (name: string): boolean => FLEET_NAME.test(name);
