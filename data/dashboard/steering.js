/** The buttons that steer a training of the server's process. */

function drawSteering() {
  const run = shownRun();
  const box = byId('steering');
  box.hidden = !run?.controls || link === 'ended';
  if (!run?.controls) return;
  const { paused, stopsAfterEpoch, checkpointAsked } = run.controls;
  setButton('pause', paused ? 'Go on' : 'Pause', paused);
  setButton('checkpoint', checkpointAsked ? 'Checkpoint comes' : 'Checkpoint now', checkpointAsked);
  setButton(
    'stop',
    stopsAfterEpoch ? `Do not stop after epoch ${run.epoch}` : `Stop after epoch ${run.epoch || 1}`,
    stopsAfterEpoch,
  );
  setText(byId('rate'), shownNumber(run.lr));
}

/** @param {string} action @param {string} text @param {boolean} isPressed */
function setButton(action, text, isPressed) {
  const button = /** @type {HTMLElement} */ (document.querySelector(`[data-action=${action}]`));
  setText(button, text);
  button.classList.toggle('pressed', isPressed);
}

/** @param {Event} event */
async function steer({ target }) {
  const button = target instanceof Element ? target.closest('button') : null;
  const run = shownRun();
  if (!button || !run?.controls) return;
  const { paused, stopsAfterEpoch } = run.controls;
  const { factor, action = '' } = button.dataset;
  const command = factor
    ? { action: 'scaleLearningRate', factor: Number(factor) }
    : { action: action === 'pause' && paused ? 'resume' : action === 'stop' && stopsAfterEpoch ? 'unstop' : action };
  await send(run.id, command);
}

const SENT = {
  pause: 'It pauses after the running step.',
  resume: 'It goes on.',
  checkpoint: 'A checkpoint comes after the running step.',
  stop: 'It ends after this epoch, with a checkpoint to go on from.',
  unstop: 'It does not end after this epoch.',
  scaleLearningRate: 'The learning rate changes after the running step.',
};

/** @param {string} id @param {{ action: string, factor?: number }} command */
async function send(id, command) {
  try {
    const answer = await fetch(`api/runs/${id}/controls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(command),
    });
    const { error } = await answer.json();
    tell(error ?? SENT[/** @type {keyof typeof SENT} */ (command.action)], !answer.ok);
  } catch {
    tell('The server does not answer.', true);
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let silence;
/** Says what came of a button, for a while. @param {string} text @param {boolean} isError */
function tell(text, isError) {
  const said = byId('said');
  said.classList.toggle('error', isError);
  setText(said, text);
  clearTimeout(silence);
  silence = setTimeout(() => setText(said, ''), 6000);
}
