"""The console of managers and auditors: dense tables on a desktop."""
