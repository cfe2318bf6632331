"""The reviewer's pages: a tablet, eight hours a day."""
