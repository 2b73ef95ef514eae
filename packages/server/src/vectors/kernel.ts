import { kernelCode } from './kernelCode.ts'

/** The functions of `kernel.wat`, on one memory. */
export interface Kernel {
  products(query: number, vectors: number, stride: number, count: number, sums: number): void
  squares(query: number, vectors: number, stride: number, count: number, sums: number): void
}

/** A memory of WebAssembly, in pages of 64 KB; its buffer is another one after it has grown. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer
  /** Throws RangeError when there is no memory for it. */
  grow(pages: number): number
}

/** As much of WebAssembly as is used here; types of Node know nothing of it. */
interface WebAssemblyApi {
  readonly Memory: new (size: {
    readonly initial: number
    readonly maximum: number
  }) => KernelMemory
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

const { Memory, Module, Instance } = (
  globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }
).WebAssembly

let kernelModule: object | undefined

/** Throws RangeError when there is no memory for it. */
export const openMemory = (initialPages: number, maximumPages: number): KernelMemory =>
  new Memory({ initial: initialPages, maximum: maximumPages })

export function openKernel(memory: KernelMemory): Kernel {
  kernelModule ??= new Module(Buffer.from(kernelCode, 'base64'))
  return new Instance(kernelModule, { segment: { memory } }).exports as Kernel
}
