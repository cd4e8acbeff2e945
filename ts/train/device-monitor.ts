import { type ChildProcess, spawn } from 'node:child_process';
import { accelerator, type Device } from '../tensor';

/** What a line of system.jsonl says of a training's accelerator. */
export interface DeviceReading {
  /** Bytes that libtorch has taken from the model's accelerator; absent on the CPU. */
  readonly deviceMemory?: number;
  /** The share of the time in which the accelerator computed, from 0 to 1; absent where its driver tells none. */
  readonly deviceUtilization?: number;
}

/** Milliseconds between two readings of how busy a device is; its driver itself averages over up to a second. */
const INTERVAL_MS = 1000;

/** What the allocator and the driver of a training's accelerator say of it. Where they say nothing, nothing is said. */
export class DeviceMonitor {
  readonly #driver: ChildProcess | undefined;
  /** Percentages that came since the last `read`. */
  #readings: number[] = [];

  /** @returns undefined for the CPU */
  static of(device: Device): DeviceMonitor | undefined {
    return device === 'cpu' ? undefined : new DeviceMonitor(device);
  }

  private constructor(device: Device) {
    this.#driver = device.startsWith('cuda') ? this.#askDriver(driversName(device)) : undefined;
  }

  /** What a line of system.jsonl says of the device. */
  read(): DeviceReading {
    const readings = this.#readings;
    this.#readings = [];
    const sum = readings.reduce((total, reading) => total + reading, 0);
    return {
      ...reservedMemory(),
      ...(readings.length > 0 && { deviceUtilization: Number((sum / readings.length / 100).toFixed(4)) }),
    };
  }

  close(): void {
    this.#driver?.kill();
  }

  /** One process that tells again and again: to begin one takes a tenth of a second. It ends with this one, whose pipe it writes to. */
  #askDriver(id: string): ChildProcess {
    const args = [`--id=${id}`, '--query-gpu=utilization.gpu', '--format=csv,noheader,nounits'];
    const driver = spawn('nvidia-smi', [...args, `--loop-ms=${INTERVAL_MS}`], { stdio: ['ignore', 'pipe', 'ignore'] });
    driver.on('error', () => {}); // a machine without the program
    driver.unref();
    // The pipe alone would keep the process alive.
    (driver.stdout as unknown as { unref?: () => void }).unref?.();
    driver.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (/^\s*\d+\s*$/.test(line)) this.#readings.push(Number(line));
    });
    return driver;
  }
}

/** How the driver numbers a device of this process, which may see some of them in another order. */
function driversName(device: Device): string {
  const index = Number(device.split(':')[1] ?? 0);
  return process.env['CUDA_VISIBLE_DEVICES']?.split(',')[index]?.trim() || String(index);
}

/** @returns nothing for an accelerator whose allocator counts nothing */
function reservedMemory(): Pick<DeviceReading, 'deviceMemory'> {
  try {
    return { deviceMemory: accelerator.memory().reserved };
  } catch {
    return {};
  }
}
