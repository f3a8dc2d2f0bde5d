"""How one sorts images without a network: measurements, rules, histograms of gradients, nearest neighbours."""
