import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** The names of files with a certificate that signs itself, and with its key. */
export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
}

/** Makes a certificate of `subjectAltName` in `directory`, such as `IP:127.0.0.1`. */
export function makeCertificate(directory: string, subjectAltName: string): Certificate {
  const certFile = join(directory, 'server.crt')
  const keyFile = join(directory, 'server.key')
  const form = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const subject = ['-subj', '/CN=dynatom', '-addext', `subjectAltName=${subjectAltName}`]
  const files = ['-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', ['req', ...form, '-days', '2', ...subject, ...files], { stdio: 'ignore' })
  return { certFile, keyFile }
}
