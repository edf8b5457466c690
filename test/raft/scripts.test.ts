import { join } from 'node:path';
import { testScripts } from '../lib/scripts.ts';
import { Stage } from './stage.ts';

testScripts(join(import.meta.dirname, 'scripts'), () => {
  const stage = new Stage();
  return (line) => stage.run(line);
});
