/** How the test run tells its workers where the PostgreSQL of this run listens. */
export const TEST_SERVER_VARIABLE = "TEST_POSTGRES_SERVER";
/** And where they find what is made once in a run, and removed with it. */
export const RUN_FOLDER_VARIABLE = "TEST_RUN_FOLDER";
