/*
 * Writes files of the origin's private file system: only a worker may do so at once, and knows when bytes are on the disk.
 * One request after the other: {n, op, …} is answered by {n, value} or {n, error: {name, message}}.
 */

const handles = new Map();
let last = Promise.resolve();

self.onmessage = ({ data }) => {
  last = last.then(async () => {
    try {
      const value = await OPERATIONS[data.op](data);
      self.postMessage({ n: data.n, value }, value instanceof Uint8Array ? [value.buffer] : []);
    } catch (error) {
      self.postMessage({ n: data.n, error: { name: error.name, message: error.message } });
    }
  });
};

const OPERATIONS = {
  async open({ path, create }) {
    let place = await navigator.storage.getDirectory();
    for (const name of path.slice(0, -1)) place = await place.getDirectoryHandle(name, { create });
    const file = await place.getFileHandle(path.at(-1), { create });
    const handle = await file.createSyncAccessHandle();
    handles.set(path.join("/"), handle);
    return handle.getSize();
  },
  read({ path, at, length }) {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, handleOf(path).read(bytes, { at })).slice();
  },
  /* Put every piece in its place, then wait for the disk. */
  write({ path, pieces, isLast = true }) {
    const handle = handleOf(path);
    for (const { at, bytes } of pieces) {
      if (handle.write(bytes, { at }) < bytes.length) throw new DOMException("the disk took only a part", "QuotaExceededError");
    }
    if (isLast) handle.flush();
  },
  truncate({ path, size }) {
    handleOf(path).truncate(size);
    handleOf(path).flush();
  },
  close({ path }) {
    handles.get(path.join("/"))?.close();
    handles.delete(path.join("/"));
  },
};

function handleOf(path) {
  const handle = handles.get(path.join("/"));
  if (!handle) throw new DOMException("the file is not open", "InvalidStateError");
  return handle;
}
