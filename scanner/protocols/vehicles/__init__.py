"""Protocols inside vehicles and trains, which lines that build and test them speak too."""
