/** How the test run tells its workers where the PostgreSQL of this run listens. */
export const TEST_SERVER_VARIABLE = "TEST_POSTGRES_SERVER";
