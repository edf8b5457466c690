/**
 * The library that makes certificates, and what it needs to be loaded first. It is loaded through this module, since the
 * bundler gives `import()` of a package in CommonJS nothing but its default export.
 */
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';

export {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
