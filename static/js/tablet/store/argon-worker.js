/* Derives one key from a passphrase by Argon2id (64 MiB, 3 passes, 1 lane) and says what it is: {hash} or {error}. */

self.onmessage = async ({ data }) => {
  try {
    importScripts(data.script);
    const how = { parallelism: 1, iterations: 3, memorySize: 65536, hashLength: 32, outputType: "binary" };
    const hash = await self.hashwasm.argon2id({ password: data.words, salt: data.salt, ...how });
    self.postMessage({ hash });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
