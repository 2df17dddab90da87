/** The whole public surface of the kit, by name. */
export { type DemoData, type MinistryDefinition, defineMinistry, prefixOf } from "./definition";
export { LABEL_LINK_URL, LABEL_SDL } from "./labels";
export { sdlOf } from "./sdl";
