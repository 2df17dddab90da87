/** The whole public surface of the kit, by name. */
export { type AdminLogin, type MinistryLogin, type PrepareOptions, type ServerAddress, createMinistryDatabase } from "./database/connection";
export { type DemoData, type MinistryDefinition, defineMinistry, prefixOf } from "./definition";
export { type EmbeddedOptions, type EmbeddedPostgres, startEmbedded } from "./embedded";
export type { WireEntry } from "./label-table";
export { LABEL_LINK_URL, LABEL_SDL } from "./labels";
export { type MinistryConfig, type MinistrySeams, type RunningMinistry, startMinistry } from "./ministry";
export type { MinistryKeys, RegistryData } from "./registry";
export { sdlOf } from "./sdl";
