/**
 * Both ends of link.test.ts. Without arguments it answers: it sends back what it gets by TCP, counts what it gets by UDP, and tells the
 * count to who asks. With the address and the ports of the one that answers it asks, and prints what it measured.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** Printed by the one that asks. */
export interface Measured {
  /** Milliseconds until a byte came back. */
  readonly roundTrips: readonly number[];
  /** Of the datagrams that were sent. */
  readonly received: number;
  /** Milliseconds from the first datagram until all that arrived were counted. */
  readonly datagramsMs: number;
}

export const DATAGRAMS = 1000;
/** With 20 bytes of IP and 8 of UDP. */
export const DATAGRAM_BYTES = 128;
/** Few enough for any buffer on their way; then it waits for the count. */
const AT_ONCE = 50;

async function answer(): Promise<void> {
  const tcp = createServer((socket) => socket.pipe(socket)).listen(0);
  const udp = createSocket('udp4').bind(0);
  let received = 0;
  udp.on('message', (message, { port, address }) => {
    if (message.length === DATAGRAM_BYTES - 28) received++;
    else udp.send(`${message.toString()} ${received}`, port, address);
  });
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
  console.log(`${(tcp.address() as AddressInfo).port} ${udp.address().port}`);
}

async function ask(address: string, tcpPort: number, udpPort: number): Promise<Measured> {
  const tcp = connect(tcpPort, address).setNoDelay();
  await once(tcp, 'connect');
  const roundTrips = [];
  for (let i = 0; i < 10; i++) {
    const from = performance.now();
    tcp.write('?');
    await once(tcp, 'data');
    roundTrips.push(performance.now() - from);
  }
  tcp.destroy();

  const udp = createSocket('udp4');
  udp.connect(udpPort, address);
  await once(udp, 'connect');
  const from = performance.now();
  let received = 0;
  for (let sent = 0; sent < DATAGRAMS; sent += AT_ONCE) {
    for (let i = 0; i < AT_ONCE; i++) udp.send(Buffer.alloc(DATAGRAM_BYTES - 28));
    received = await count(udp, `until ${sent}`);
  }
  udp.close();
  return { roundTrips, received, datagramsMs: performance.now() - from };
}

/** Asks, again where question or answer got lost, how many arrived before the question. */
async function count(udp: Socket, question: string): Promise<number> {
  udp.send(question);
  const again = setInterval(() => udp.send(question), 200);
  for (;;) {
    const [message] = (await once(udp, 'message')) as [Buffer];
    if (!message.toString().startsWith(`${question} `)) continue;
    clearInterval(again);
    return Number(message.toString().slice(question.length));
  }
}

if (require.main === module) {
  const [address, tcpPort, udpPort] = process.argv.slice(2);
  if (address === undefined) void answer();
  else void ask(address, Number(tcpPort), Number(udpPort)).then((measured) => console.log(JSON.stringify(measured)));
}
