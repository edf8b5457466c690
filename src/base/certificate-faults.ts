const unknownAuthority = 'x509: certificate signed by unknown authority';
const notValidNow = 'x509: certificate has expired or is not yet valid';

/** Why a certificate is not trusted, in the words of Go, by the code of OpenSSL. */
export const certificateFaults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_HAS_EXPIRED: notValidNow,
  CERT_NOT_YET_VALID: notValidNow,
  INVALID_PURPOSE: 'x509: certificate specifies an incompatible key usage',
};
