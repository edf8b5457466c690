import type { RequestStream, ResponseStream } from './methods.ts';

/** Opens a stream when `ready` has resolved. Until then it is given no requests; the few that come are kept. */
export function openLater(
  ready: Promise<void>,
  responses: Pick<ResponseStream, 'pause' | 'resume' | 'end'>,
  open: () => RequestStream,
): RequestStream {
  let stream: RequestStream | undefined;
  let isClosed = false;
  const kept: ((stream: RequestStream) => void)[] = [];
  const pass = (action: (stream: RequestStream) => void): void => {
    if (stream === undefined) kept.push(action);
    else action(stream);
  };
  const begin = async (): Promise<void> => {
    await ready;
    if (isClosed) return;
    const opened = open();
    stream = opened;
    responses.resume();
    for (const action of kept.splice(0)) action(opened);
  };
  responses.pause();
  begin().catch((error: unknown) => responses.end(error));
  return {
    message: (request) => pass((one) => one.message(request)),
    halfClosed: () => pass((one) => one.halfClosed()),
    drained: () => stream?.drained(),
    closed: () => {
      isClosed = true;
      stream?.closed();
    },
  };
}
