import { goFlagsHelp, GoFlagError, parseGoFlags } from '../../base/go-flags.ts';
import type { GoFlags } from '../../base/go-flags.ts';
import { ConfigProblem } from '../config.ts';
import { printLine } from '../print.ts';
import { agentConfigOf } from './agent-config.ts';
import type { AgentConfig } from './agent-config.ts';
import { readSources } from './configuration.ts';
import { agentFlags } from './flags.ts';

const usage = `Usage: consul agent [options]

  Runs a Rollcall cluster of one with Consul's ports, until it is interrupted. -dev keeps all data in memory;
  else -server and -data-dir are needed. Settings of Consul without a meaning here are accepted.
  A signal SIGHUP, or "consul reload", reads the services and checks of the configuration files again.

Options:

`;

/**
 * Runs `consul agent` as this process until a signal ends it; returns the exit code. The member's code is loaded only
 * if a member starts.
 */
export async function consulAgentCommand(argv: readonly string[]): Promise<number> {
  let flags: GoFlags;
  try {
    flags = parseGoFlags(argv, agentFlags);
  } catch (error) {
    if (!(error instanceof GoFlagError)) throw error;
    printLine('stderr', `${error.message}\n${usage}${goFlagsHelp(agentFlags)}`);
    return 1;
  }
  if (flags.asksForHelp) {
    printLine('stdout', `${usage}${goFlagsHelp(agentFlags)}`);
    return 0;
  }
  let config: AgentConfig;
  try {
    if (flags.rest.length > 0) {
      throw new ConfigProblem(`Unexpected extra arguments: [${flags.rest.join(' ')}]`);
    }
    config = configOf(flags);
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    printLine('stderr', `==> ${error.message}`);
    return 1;
  }
  const { runAgent } = await import('./agent.ts');
  return await runAgent(config, () => configOf(flags));
}

function configOf(flags: GoFlags): AgentConfig {
  return agentConfigOf(readSources(flags), flags.isOn('dev'));
}
