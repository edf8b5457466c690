/** The release of Consul whose API and command line these are; clients read it as a version and look for features. */
export const consulVersion = '1.16.1';
