const transform = {
  "^.+\\.[jt]s$": ["@swc/jest", {
    swcrc: false,
    sourceMaps: "inline",
    jsc: {
      target: "es2022", keepClassNames: true,
      parser: { syntax: "typescript", decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: "commonjs" },
  }],
};
// jose 6 and a few others ship ESM only and jest cannot require() ESM: compile them.
const shared = { testEnvironment: "node", transform, transformIgnorePatterns: ["/node_modules/(?!(jose|fast-check|pure-rand)/)"] };

/** @type {import('jest').Config} */
module.exports = {
  maxWorkers: 2,
  // A limit against hanging, not a measurement: machines are small and shared.
  testTimeout: 60_000,
  projects: [
    { ...shared, displayName: "unit", roots: ["<rootDir>"], testMatch: ["**/*.test.ts"], testPathIgnorePatterns: ["/node_modules/", "\\.integration\\.test\\.ts$"] },
    {
      ...shared, displayName: "integration", roots: ["<rootDir>"], testMatch: ["**/*.integration.test.ts"],
      globalSetup: "<rootDir>/global-setup.ts", globalTeardown: "<rootDir>/global-teardown.ts",
    },
  ],
};
