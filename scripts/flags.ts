/** Writes `docs/flags.md` from the table that the server reads its flags by: `npx tsx scripts/flags.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flagsPage } from '../src/server/config/help.ts';

writeFileSync(join(import.meta.dirname, '../docs/flags.md'), flagsPage());
