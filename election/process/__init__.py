"""The state machine of a turnover: acts, facts, steps. Pure: no database, no clock, no prose."""
